"""What pytest leaves out: a program that runs where playwright is."""

collect_ignore = ["lite_session.py"]
