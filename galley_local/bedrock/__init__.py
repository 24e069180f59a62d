"""Agents and the knowledge base, on the wire that boto3 speaks."""
