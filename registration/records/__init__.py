"""Training records: what people and libraries attended in a year, and the numbers a library's yearly form asks for."""
