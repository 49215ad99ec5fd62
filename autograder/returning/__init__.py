"""What people read: feedback and marking pages."""
