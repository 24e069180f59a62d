"""What events and time set off, and what becomes of them where that fails."""

from galley_local import lean_moto  # noqa: F401  # isort: skip  # before moto
from moto.core.common_models import CloudFormationModel
from moto.events.models import EventBus

from galley_local.resources.base import Resource


class EventInvokeConfig(Resource, CloudFormationModel):
    """What Lambda does where a function fails that nobody waits for."""

    type_name = "AWS::Lambda::EventInvokeConfig"


class Schedule(Resource, CloudFormationModel):
    """A schedule of EventBridge Scheduler."""

    type_name = "AWS::Scheduler::Schedule"


# moto's own type has no physical id, so that a Ref to a bus would give the object itself.
setattr(EventBus, "physical_resource_id", property(lambda bus: bus.name))  # noqa: B010
