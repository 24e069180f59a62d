"""What agents cost: prices, the accounts of workflows and tenants, and budgets that hold."""
