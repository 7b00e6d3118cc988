"""From text to facts (要素提取): pure functions on text."""
