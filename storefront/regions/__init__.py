"""The official table of regions, which an owner may import, and what it suggests while an address is typed."""
