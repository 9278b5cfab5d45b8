"""What makes the shop the owner's own: name, look, texts, pages, opening."""
