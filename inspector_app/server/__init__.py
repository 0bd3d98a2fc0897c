"""The central server: orders changes, judges them by the rules of `domain`, and keeps them."""
