"""Search actions: what the search agent may do, which is search the knowledge base."""

import hashlib
import os
from typing import Any

import boto3
from botocore.config import Config
from galley import telemetry
from galley.artifacts import Artifacts, s3_client
from galley.aws import AWS_ERRORS
from galley.contracts import Source
from galley.documents import UnreadableDocumentError, read_document
from galley.errors import ArtifactMissingError, InvalidRequestError, StorageUnavailableError
from galley.tools import ActionGroup

ACTIONS = ActionGroup()
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
    known = set(ARTIFACTS.list_keys(ACTIONS.scope.key("found/")))
    documents: dict[str, dict[str, Any]] = {}
    for passage in _retrieve(query):
        uri = passage["location"].get("s3Location", {}).get("uri", "")
        ours = uri.startswith(f"s3://{ARTIFACTS.bucket}/corpus/") and len(documents) < DOCUMENTS
        if ours and uri not in documents and (source := _found(uri, passage, known)):
            documents[uri] = {
                "source_id": source.source_id,
                "title": source.title,
                "uri": uri,
                "passage": passage["content"]["text"][:PASSAGE_CHARACTERS],
                "score": round(passage.get("score", 0.0), 3),
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
        raise StorageUnavailableError("the knowledge base could not be searched") from error


def _found(uri: str, passage: Any, known: set[str]) -> Source | None:
    # without the bucket's name: the same document has the same id in every deployment
    name = uri.removeprefix(f"s3://{ARTIFACTS.bucket}/")
    source_id = hashlib.sha256(name.encode("utf-8")).hexdigest()[:8]
    key = ACTIONS.scope.found_key(source_id)
    if key in known:
        return ARTIFACTS.read(key, Source)
    try:
        document = read_document(uri, ARTIFACTS.read_bytes(name))
    except (ArtifactMissingError, UnreadableDocumentError) as error:
        telemetry.logger.warning("a retrieved document cannot be read: %s", error)
        return None
    source = Source(source_id, document.title, uri, document.text, passage.get("score", 0.0))
    ARTIFACTS.keep(key, source)
    return source
