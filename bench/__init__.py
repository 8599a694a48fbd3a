"""Measures how fast the product is, against a bare view under the same server; see docs/benchmarks.md."""
