"""What is copied into the seal imports its neighbors by bare name, which works only there."""

collect_ignore = ["inside"]
