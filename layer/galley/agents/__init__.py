"""
The agents, each behind the same seam: whichever service thinks, a role is asked in one way.

What the template names in a function's environment says which service that is: the ARN of a harness
of Amazon Bedrock AgentCore, or the id and the alias of an agent of Amazon Bedrock Agents.
"""

import json
import os
from functools import cache

from galley.agents.answer import Agent, Answer
from galley.agents.bedrock_agent import BedrockAgent
from galley.agents.harness_agent import HarnessAgent
from galley.errors import AgentRefusedError

__all__ = ["Agent", "Answer", "BedrockAgent", "HarnessAgent", "agent_from_env", "agent_named"]


def agent_from_env() -> Agent:
    """Return the role's agent, as the template names it in the function's environment."""
    name = os.environ["AGENT"]
    seconds = int(os.environ["AGENT_READ_TIMEOUT_SECONDS"])
    if name.startswith("arn:"):
        about = {"version": os.environ["AGENT_VERSION"], "model": os.environ["AGENT_MODEL"]}
        return HarnessAgent.of(name, os.environ["AGENT_TOOLS"], seconds, **about)
    return BedrockAgent.of(name, seconds, os.environ["AGENT_MODEL"])


@cache
def agent_named(name: str, model: str) -> Agent:
    """Return another agent of the role, or the template's own with another model; made once."""
    own = os.environ["AGENT"]
    name, seconds = name or own, int(os.environ["AGENT_READ_TIMEOUT_SECONDS"])
    if not name.startswith("arn:"):
        if model:
            raise AgentRefusedError.gone("an agent of Bedrock Agents takes no other model")
        return BedrockAgent.of(
            name, seconds, model=os.environ["AGENT_MODEL"] if name == own else ""
        )
    version = os.environ["AGENT_VERSION"] if name == own else ""
    # What is said of the model in the harness does not reach one that takes its place.
    override = {"modelId": model, **json.loads(os.environ["AGENT_MODEL_SETTINGS"])} if model else {}
    about = {"version": version, "model": model}
    return HarnessAgent.of(name, os.environ["AGENT_TOOLS"], seconds, override=override, **about)
