"""`galley mcp`: what an assistant may do with workflows, by the Model Context Protocol."""
