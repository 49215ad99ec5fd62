"""The course as nbgrader sees it: the whole repository is one nbgrader course.

`nbgrader` reads this file when it is started in the repository's root, and so do Formgrader and the toolbar.
"""

import autograder

c = get_config()  # noqa: F821 (nbgrader puts it here)

c.CourseDirectory.course_id = "optimization"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"

autograder.configure(c)
