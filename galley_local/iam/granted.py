"""
The permissions of a deployed template, as its roles, functions and queues give them.

A role says what it may do and which services may assume it; a function, which services may call
it; a queue, which services may fill it; a key, which roles may use it.

The managed policies that SAM gives every function are left out: logs and traces are written by
Lambda itself, which writes none here. So is the bucket's policy, which denies what is not
encrypted on its way: here nothing leaves the machine.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from moto.cloudformation.parsing import clean_json

from galley_local.iam.permissions import SOURCE, Permissions, role_name
from galley_local.iam.policies import Call, Statement, statements_of, trusting, used_by

SOURCE_ACCOUNT = "aws:SourceAccount"

# Who assumes the roles that a resource names, by the second part of the resource's type.
_ASSUMING = {
    "Bedrock": "bedrock.amazonaws.com",
    "BedrockAgentCore": "bedrock-agentcore.amazonaws.com",
    "Events": "events.amazonaws.com",
    "Lambda": "lambda.amazonaws.com",
    "Scheduler": "scheduler.amazonaws.com",
    "StepFunctions": "states.amazonaws.com",
}
_ROLE_PROPERTIES = {"Role", "RoleArn", "AgentResourceRoleArn", "ExecutionRoleArn"}
_ARNS = {
    "AWS::Bedrock::Agent": "AgentArn",
    "AWS::Bedrock::KnowledgeBase": "KnowledgeBaseArn",
    "AWS::BedrockAgentCore::Harness": "Arn",
}


class Granted:
    """Reads permissions from a plain template and the resources that were made of it."""

    def __init__(self, template: Mapping[str, Any], made: Any, account_id: str) -> None:
        self._template = template["Resources"]
        self._made = made
        self._account_id = account_id

    def permissions(self) -> Permissions:
        """Return what the template grants; raises `RuntimeError` where a role is not trusted."""
        permissions = Permissions()
        for name, role in self._of_type("AWS::IAM::Role"):
            for policy in role.policies.values():
                permissions.grant(role.name, statements_of(policy))
            for service, trust in trusting(role.assume_role_policy_document, role.arn):
                permissions.grant(service, [replace(trust, sid=f"{name} trusts it")])
        for name, _ in self._of_type("AWS::Lambda::Permission"):
            properties = self._properties(name)
            permissions.grant(properties["Principal"], [self._lets_in(name, properties)])
        for _, queue_policy in self._of_type("AWS::SQS::QueuePolicy"):
            for service, statement in trusting(queue_policy.properties["PolicyDocument"]):
                permissions.grant(service, [statement])
        for name, key in self._of_type("AWS::KMS::Key"):
            for role, statement in used_by(self._properties(name)["KeyPolicy"], key.arn):
                permissions.grant(role_name(role), [statement])
        self.assume_roles(permissions)
        return permissions

    def assume_roles(self, permissions: Permissions) -> None:
        """Let every service assume the roles that the template tells it to, as AWS tries them."""
        for name, resource in self._everything():
            service = _ASSUMING.get(self._type(name).split("::")[1])
            if service is None:
                continue
            context = {SOURCE_ACCOUNT: (self._account_id,)}
            if attribute := _ARNS.get(self._type(name)):
                context[SOURCE] = (resource.get_cfn_attribute(attribute),)
            for role in _roles_in(self._properties(name)):
                denial = permissions.check(service, Call("sts:AssumeRole", role, context))
                if denial:
                    raise RuntimeError(f"{name} cannot be made: {denial}; {denial.remedy}")

    def _lets_in(self, name: str, properties: Mapping[str, Any]) -> Statement:
        function = self._function(properties["FunctionName"])
        conditions: dict[str, dict[str, str]] = {}
        if "SourceArn" in properties:
            conditions["ArnLike"] = {SOURCE: properties["SourceArn"]}
        if "SourceAccount" in properties:
            conditions["StringEquals"] = {SOURCE_ACCOUNT: properties["SourceAccount"]}
        return Statement(name, (properties["Action"],), (function,), conditions)

    def _function(self, name_or_arn: str) -> str:
        functions = (function for _, function in self._of_type("AWS::Lambda::Function"))
        return next(
            str(function.function_arn)
            for function in functions
            if name_or_arn in {function.function_name, function.function_arn}
        )

    def _type(self, name: str) -> str:
        return str(self._template[name]["Type"])

    def _properties(self, name: str) -> dict[str, Any]:
        properties = self._template[name].get("Properties", {})
        return dict(clean_json(properties, self._made))

    def _everything(self) -> Iterator[tuple[str, Any]]:
        # what a condition leaves out is None
        made = ((name, self._made[name]) for name in self._template)
        return ((name, resource) for name, resource in made if resource is not None)

    def _of_type(self, kind: str) -> Iterator[tuple[str, Any]]:
        return (each for each in self._everything() if self._type(each[0]) == kind)


def _roles_in(properties: Any) -> Iterator[str]:
    if isinstance(properties, list):
        for each in properties:
            yield from _roles_in(each)
    elif isinstance(properties, dict):
        for name, value in properties.items():
            if name in _ROLE_PROPERTIES and isinstance(value, str):
                yield value
            else:
                yield from _roles_in(value)
