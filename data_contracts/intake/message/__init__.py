"""The fixed-width credit message (报文): name, header, segments in GB18030 bytes, and the feedback message.

A file has a header of 147 bytes and one record a line. A record is four digits with its length in bytes (these
digits included, the line end not), a base segment, and the segments that may follow it, each with a tag
of one byte before it. Widths and fields are data: see :mod:`data_contracts.intake.message.standard`.
"""

from data_contracts.intake.message.compose import compose
from data_contracts.intake.message.convert import CLEAR_ID, Converted, convert
from data_contracts.intake.message.feedback import read_feedback, write_feedback
from data_contracts.intake.message.header import Header
from data_contracts.intake.message.layout import Field, Layout, Segment
from data_contracts.intake.message.name import MessageName, is_message_name
from data_contracts.intake.message.parts import Part
from data_contracts.intake.message.reader import Message, open_message
from data_contracts.intake.message.standard import LAYOUTS, STANDARD
from data_contracts.intake.message.writer import write_message

__all__ = [
    "CLEAR_ID",
    "LAYOUTS",
    "STANDARD",
    "Converted",
    "Field",
    "Header",
    "Layout",
    "Message",
    "MessageName",
    "Part",
    "Segment",
    "compose",
    "convert",
    "is_message_name",
    "open_message",
    "read_feedback",
    "write_feedback",
    "write_message",
]
