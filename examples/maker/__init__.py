"""Makes the sample dossiers of `examples/cases/`: text, pages, scans and files.

The way of the data: facts (YAML) and texts (Jinja) → `markup` blocks → `paper` sheets with a
place for every character → `raster`, `digital` or `word` files → expected catalogue and truth.
"""
