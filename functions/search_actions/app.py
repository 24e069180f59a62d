"""Search actions: what the search agent may do, which is search the knowledge base."""

import os
from typing import Any

import boto3
from botocore.config import Config
from galley import telemetry
from galley.artifacts import Artifacts, s3_client
from galley.aws import AWS_ERRORS, storage_error
from galley.errors import InvalidRequestError
from galley.sources.found import FoundDocuments
from galley.sources.matches import best_passages, documents_in, listed
from galley.tools import ActionGroup

# An agent that is given by its id may know the tool as it was, with one query.
ACTIONS = ActionGroup("search_actions", renamed={"query": "queries"})
ARTIFACTS = Artifacts(os.environ["BUCKET_NAME"], s3_client())
KNOWLEDGE_BASE_ID = os.environ["KNOWLEDGE_BASE_ID"]
RUNTIME = boto3.client("bedrock-agent-runtime", config=Config(connect_timeout=2, read_timeout=20))

MOST_QUERIES = 10
QUERY_CHARACTERS = 1000  # what Retrieve takes
PASSAGES = 60  # of which several may come from one document


@telemetry.handler
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return ACTIONS.resolve(event, context)


@ACTIONS.tool
def search_knowledge_base(queries: str) -> list[dict[str, Any]]:
    """
    Return the documents that match any query, each once, with its best passage for each.

    Queries come together, one a line: what a tool says is read anew in every turn that follows.
    """
    asked = [each.strip() for each in queries.splitlines() if each.strip()]
    if not 1 <= len(asked) <= MOST_QUERIES:
        raise InvalidRequestError(f"'queries' must have 1 to {MOST_QUERIES} lines, a query each")
    answers = [_retrieve(query) for query in asked]
    documents, found = documents_in(answers), FoundDocuments(ARTIFACTS, ACTIONS.scope)
    return listed([best_passages(each, documents, found) for each in answers])


def _retrieve(query: str) -> list[Any]:
    try:
        return RUNTIME.retrieve(
            knowledgeBaseId=KNOWLEDGE_BASE_ID,
            retrievalQuery={"text": query[:QUERY_CHARACTERS]},
            retrievalConfiguration={"vectorSearchConfiguration": {"numberOfResults": PASSAGES}},
        )["retrievalResults"]
    except AWS_ERRORS as error:
        raise storage_error("the knowledge base could not be searched", error) from error
