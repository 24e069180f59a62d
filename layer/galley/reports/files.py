"""What the files of a published report are called."""

EVIDENCE = "evidence.json"
MARKDOWN, PAGE, PDF, WORD = (f"report.{kind}" for kind in ("md", "html", "pdf", "docx"))
FILES = (PAGE, PDF, WORD, MARKDOWN)  # that a link leads to; the evidence names its reviewers
