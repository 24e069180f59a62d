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
from galley.tools import ActionGroup

ACTIONS = ActionGroup("search_actions")
ARTIFACTS = Artifacts(os.environ["BUCKET_NAME"], s3_client())
KNOWLEDGE_BASE_ID = os.environ["KNOWLEDGE_BASE_ID"]
RUNTIME = boto3.client("bedrock-agent-runtime", config=Config(connect_timeout=2, read_timeout=20))

QUERY_CHARACTERS = 1000  # what Retrieve takes
PASSAGES = 60  # of which several may come from one document
DOCUMENTS = 40  # as many as a request can ask for; each of them is read whole
PASSAGE_CHARACTERS = 600


@telemetry.handler
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return ACTIONS.resolve(event, context)


@ACTIONS.tool
def search_knowledge_base(query: str) -> list[dict[str, Any]]:
    """Return the documents that match, best first, each with its best passage."""
    if not query.strip():
        raise InvalidRequestError("'query' must say what to look for")
    found = FoundDocuments(ARTIFACTS, ACTIONS.scope)
    documents: dict[str, dict[str, Any]] = {}
    for passage in _retrieve(query):
        uri = passage["location"].get("s3Location", {}).get("uri", "")
        score = round(passage.get("score", 0.0), 3)
        if uri in documents or len(documents) == DOCUMENTS:
            continue
        if title := found.title_of(uri, score):
            documents[uri] = {
                "source_id": found.id_of(uri),
                "title": title,
                "passage": passage["content"]["text"][:PASSAGE_CHARACTERS],
                "score": score,
            }
    return list(documents.values())


def _retrieve(query: str) -> list[Any]:
    try:
        return RUNTIME.retrieve(
            knowledgeBaseId=KNOWLEDGE_BASE_ID,
            retrievalQuery={"text": query[:QUERY_CHARACTERS]},
            retrievalConfiguration={"vectorSearchConfiguration": {"numberOfResults": PASSAGES}},
        )["retrievalResults"]
    except AWS_ERRORS as error:
        raise storage_error("the knowledge base could not be searched", error) from error
