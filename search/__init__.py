"""Full-text search (全文检索) over pages and judgments."""
