"""What is copied into the seal; its modules import each other by bare name there."""
