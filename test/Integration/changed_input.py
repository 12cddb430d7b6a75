# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random changes of files: of bytes, of text, of the fields of ONNX models."""

import re
import struct

from google.protobuf.descriptor import FieldDescriptor

SIZES = {1: "B", 2: "H", 4: "I", 8: "Q"}
NUMBERS = ["0", "-1", "1", "2", "7", "255", "65536", "1000000", "2147483647", "4294967296",
           "9223372036854775807", "-9223372036854775808", "1e30", "1e999", "0x0", "nan"]
TOKEN = re.compile(rb"\s+|\w+|\S")


def spot(data, random, most=16):
    """A random span of `data`, mostly a short one."""
    begin = random.randrange(len(data) + 1)
    return begin, min(len(data), begin + random.randint(0, random.choice([1, most, 256])))


def change_byte(data, random):
    if data:
        data[random.randrange(len(data))] = random.choice([0, 1, 0x7f, 0x80, 0xff,
                                                           random.randrange(256)])


def change_bit(data, random):
    if data:
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)


def change_number(data, random):
    """What may be a size becomes a little other one, or one at a limit."""
    width = random.choice(list(SIZES))
    if len(data) < width:
        return
    # Sizes are often at the beginning and aligned.
    at = random.randrange(len(data) - width + 1)
    if random.random() < 0.5:
        at = min(at, random.randrange(256)) // width * width
    form = random.choice("<>") + SIZES[width]
    old = struct.unpack_from(form, data, at)[0]
    top = 1 << 8 * width
    new = random.choice([old + 1, old - 1, old * 2, old // 2, 0, 1, top - 1, top // 2,
                         top // 2 - 1, len(data), random.randrange(top)])
    struct.pack_into(form, data, at, new % top)


def delete_span(data, random):
    begin, end = spot(data, random)
    del data[begin:end]


def repeat_span(data, random):
    begin, end = spot(data, random)
    at = random.randrange(len(data) + 1)
    data[at:at] = data[begin:end] * random.choice([1, 1, 2, 50])


def cut(data, random):
    del data[random.randrange(len(data) + 1):]


BYTE_CHANGES = [change_byte, change_bit, change_number, change_number, delete_span,
                repeat_span, cut]


def change_bytes(data, random):
    """A copy with one to four changes."""
    data = bytearray(data)
    for _ in range(random.choice([1, 1, 2, 4])):
        random.choice(BYTE_CHANGES)(data, random)
    return bytes(data)


def change_text(data, random):
    """The same for text, whose tokens are changed; now and then its bytes."""
    if random.random() < 0.15:
        return change_bytes(data, random)
    tokens = TOKEN.findall(data)
    for _ in range(random.choice([1, 1, 2, 4])):
        if not tokens:
            break
        i, j = random.randrange(len(tokens)), random.randrange(len(tokens))
        kind = random.choice(["number", "number", "delete", "repeat", "copy", "swap", "word"])
        if kind == "number":
            numbers = [k for k, t in enumerate(tokens) if t.isdigit()]
            if numbers:
                tokens[random.choice(numbers)] = random.choice(NUMBERS).encode()
        elif kind == "delete":
            del tokens[i:i + random.choice([1, 1, 1, 8])]
        elif kind == "repeat":
            tokens[i:i] = tokens[i:i + random.choice([1, 3, 12])] * random.choice([1, 1, 60])
        elif kind == "copy":
            tokens[i] = tokens[j]
        elif kind == "swap":
            tokens[i], tokens[j] = tokens[j], tokens[i]
        else:
            words = [k for k, t in enumerate(tokens) if t[:1].isalpha()]
            if words:
                tokens[random.choice(words)] = tokens[random.choice(words)]
    return b"".join(tokens)


def messages(message):
    """A message of protobuf and all in it."""
    yield message
    for field, value in message.ListFields():
        if field.type == FieldDescriptor.TYPE_MESSAGE:
            for part in value if field.is_repeated else [value]:
                yield from messages(part)


def change_value(old, field, random):
    if field.type == FieldDescriptor.TYPE_STRING:
        return random.choice(["", "x", old[1:], old + "0", "\U0001f50a", "a" * 400, "None"])
    if field.type == FieldDescriptor.TYPE_BYTES:
        return change_bytes(old, random)
    if field.type in (FieldDescriptor.TYPE_FLOAT, FieldDescriptor.TYPE_DOUBLE):
        return random.choice([0.0, -1.0, float("nan"), float("inf"), 1e30, old * 2])
    if field.type == FieldDescriptor.TYPE_ENUM:
        return random.choice([v.number for v in field.enum_type.values])
    bits = 32 if field.type == FieldDescriptor.TYPE_INT32 else 64
    top = 1 << bits - 1
    unsigned = field.type == FieldDescriptor.TYPE_UINT64
    new = random.choice([old + 1, old - 1, -old, 0, -1, 7, 1000, 1 << 20, 1 << 31, top - 1, -top])
    return new % (2 * top) if unsigned else max(-top, min(new, top - 1))


def change_message(message, others, random):
    fields = message.ListFields()
    if not fields:
        return
    field, value = random.choice(fields)
    is_part = field.type == FieldDescriptor.TYPE_MESSAGE
    if random.random() < 0.15:
        message.ClearField(field.name)
    elif not field.is_repeated:
        if not is_part:
            setattr(message, field.name, change_value(value, field, random))
    elif random.random() < 0.3:
        del value[random.randrange(len(value))]
    elif random.random() < 0.4:
        value.append(random.choice(list(value)))
    elif is_part:
        alike = [m for m in others if m.DESCRIPTOR is field.message_type]
        value[random.randrange(len(value))].CopyFrom(random.choice(alike))
    else:
        i = random.randrange(len(value))
        value[i] = change_value(value[i], field, random)


def change_model(data, random):
    """The same for an ONNX model, whose fields are changed, so that it is mostly one
    that protobuf can read."""
    import onnx

    if random.random() < 0.25:
        return change_bytes(data, random)
    model = onnx.ModelProto.FromString(data)
    for _ in range(random.choice([1, 1, 2, 4])):
        parts = list(messages(model))
        # Half of them are of the few that say what is computed.
        kind = random.choice([None, "NodeProto", "AttributeProto", "TensorProto",
                              "ValueInfoProto", "Dimension"])
        some = [p for p in parts if kind in (None, p.DESCRIPTOR.name)]
        change_message(random.choice(some or parts), parts, random)
    return model.SerializeToString()
