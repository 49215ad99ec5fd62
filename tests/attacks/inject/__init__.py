"""Run something in the browser or the spreadsheet of whoever reads the results."""
