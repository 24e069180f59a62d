"""What a knowledge base does as its role: once for the corpus, and whenever it is searched."""

from collections.abc import Iterable, Mapping
from typing import Any

from galley_local.iam.permissions import Errand
from galley_local.iam.policies import Call

_INGESTING = ("GetIndex", "PutVectors", "DeleteVectors")
_SEARCHING = ("GetVectors", "QueryVectors")


def ingestion(base: Mapping[str, Any], source: Mapping[str, Any], keys: Iterable[str]) -> Errand:
    """Return what it does to index the objects of its data source."""
    place = source["DataSourceConfiguration"]["S3Configuration"]
    bucket = place["BucketArn"]
    calls = [
        Call("s3:ListBucket", bucket, {"s3:prefix": (prefix,)})
        for prefix in place["InclusionPrefixes"]
    ]
    calls += [Call("s3:GetObject", f"{bucket}/{key}") for key in keys]
    return Errand.of(base["RoleArn"], [*calls, *_on_vectors(base, _INGESTING)])


def retrieval(base: Mapping[str, Any]) -> Errand:
    """Return what it does to find the passages that answer a query."""
    return Errand.of(base["RoleArn"], _on_vectors(base, _SEARCHING))


def _on_vectors(base: Mapping[str, Any], verbs: Iterable[str]) -> list[Call]:
    vectors = base["KnowledgeBaseConfiguration"]["VectorKnowledgeBaseConfiguration"]
    index = base["StorageConfiguration"]["S3VectorsConfiguration"]["IndexArn"]
    embedding = Call("bedrock:InvokeModel", vectors["EmbeddingModelArn"])
    return [embedding, *(Call(f"s3vectors:{verb}", index) for verb in verbs)]
