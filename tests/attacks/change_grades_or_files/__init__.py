"""Write what is none of the student's business."""
