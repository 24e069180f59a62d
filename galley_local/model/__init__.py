"""
A model on this machine, or wherever its server answers, as the mind of the agents.

It is given the instructions, prompts and tools that the template gives to Bedrock.
"""
