"""What the action plan asks, and how far the unit is: indicators, readings, year ends, scores of assessments."""
