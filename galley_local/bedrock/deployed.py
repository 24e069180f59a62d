"""The agents and knowledge bases that a template makes."""

from collections.abc import Iterator, Mapping

from galley_local.bedrock.agent import Agent
from galley_local.bedrock.agent_runtime import Base
from galley_local.bedrock.knowledge_base import KnowledgeBase
from galley_local.corpus import Corpus
from galley_local.iam import knowledge_access
from galley_local.iam.permissions import Errand
from galley_local.made import Made
from galley_local.resources.agentcore import Harness
from galley_local.resources.bedrock import (
    BedrockAgent,
    BedrockAgentAlias,
    BedrockDataSource,
    BedrockKnowledgeBase,
)


def agents_of(made: Made) -> list[Agent]:
    """Return what can be called of a template's agents: each harness, and each alias."""
    agents = {agent.identifier: agent for agent in made.of_type(BedrockAgent)}
    return [
        *(Agent.from_harness(harness) for harness in made.of_type(Harness)),
        *(
            Agent.from_resources(agents[alias.properties["AgentId"]], alias)
            for alias in made.of_type(BedrockAgentAlias)
        ),
    ]


def bases_of(made: Made, documents: Mapping[str, KnowledgeBase]) -> dict[str, Base]:
    """Return what can be searched, by id, with the errands of the bases that the template makes."""
    retrieving = {
        base.identifier: knowledge_access.retrieval(base.properties)
        for base in made.of_type(BedrockKnowledgeBase)
    }
    return {each: Base(base, retrieving.get(each)) for each, base in documents.items()}


def ingestions_of(made: Made, corpus: Corpus) -> Iterator[Errand]:
    """Return what the knowledge bases do to read the corpus."""
    bases = {base.identifier: base for base in made.of_type(BedrockKnowledgeBase)}
    keys = [f"corpus/{name}" for name in corpus.data]
    for source in made.of_type(BedrockDataSource):
        base = bases[source.properties["KnowledgeBaseId"]]
        yield knowledge_access.ingestion(base.properties, source.properties, keys)
