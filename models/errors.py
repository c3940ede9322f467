"""The one error of this room."""


class ModelsError(Exception):
    """A model can not be fitted, loaded or asked.

    The message says what is wrong, which form is expected and what to do. It names fields, never a
    person's value.
    """
