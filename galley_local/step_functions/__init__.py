"""The state machine: moto's interpreter, with what it lacks."""
