"""
The agents, each behind the same seam: whichever service thinks, a role is asked in one way.

What the template names in a function's environment says which service that is: the ARN of a harness
of Amazon Bedrock AgentCore, or the id and the alias of an agent of Amazon Bedrock Agents.
"""

import os

from galley.agents.answer import Agent, Answer
from galley.agents.bedrock_agent import BedrockAgent
from galley.agents.harness_agent import HarnessAgent

__all__ = ["Agent", "Answer", "BedrockAgent", "HarnessAgent", "agent_from_env"]


def agent_from_env() -> Agent:
    """Return the role's agent, as the template names it in the function's environment."""
    name = os.environ["AGENT"]
    seconds = int(os.environ["AGENT_READ_TIMEOUT_SECONDS"])
    if name.startswith("arn:"):
        about = {"version": os.environ["AGENT_VERSION"], "model": os.environ["AGENT_MODEL"]}
        return HarnessAgent.of(name, os.environ["AGENT_TOOLS"], seconds, **about)
    return BedrockAgent.of(name, seconds)
