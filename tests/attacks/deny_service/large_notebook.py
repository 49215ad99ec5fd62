"""A notebook of forty megabytes."""

RAW = (
    b'{"cells": [], "metadata": {"padding": "'
    + b"0" * 40_000_000
    + b'"}, "nbformat": 4, "nbformat_minor": 5}'
)
