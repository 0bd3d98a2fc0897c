"""The map page and what it shows; knows no Qt and never asks a network."""
