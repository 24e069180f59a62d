"""
Evals: cases per role, graders that need no judgement, and a gate against a committed baseline.

A case is data (`evals/<role>/*.yaml`). The runner puts what earlier states leave into the bucket,
invokes the role's function with a real event, and grades what that keeps.
"""
