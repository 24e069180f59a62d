"""The human gate: what a reviewer is shown, who may decide, and the one decision that is taken."""
