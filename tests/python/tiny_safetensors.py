"""Reads and writes safetensors with torch alone, so that the checks here need nothing but torch."""

import json
import struct

import torch

TYPES = {
    "F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16, "I64": torch.int64,
    "I32": torch.int32, "I16": torch.int16, "I8": torch.int8, "U8": torch.uint8, "BOOL": torch.bool,
}


def load(path):
    with open(path, "rb") as file:
        data = file.read()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8:8 + length])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        values = torch.empty(entry["shape"], dtype=TYPES[entry["dtype"]])
        if end > begin:
            values = torch.frombuffer(bytearray(data[begin:end]), dtype=TYPES[entry["dtype"]]).reshape(entry["shape"])
        tensors[name] = values
    return tensors


def save(tensors, path):
    names = {dtype: name for name, dtype in TYPES.items()}
    header, blobs, offset = {}, [], 0
    for name, tensor in tensors.items():
        values = tensor.detach().clone().contiguous()
        blob = bytes(values.view(-1).view(torch.uint8).tolist()) if values.numel() else b""
        header[name] = {
            "dtype": names[values.dtype], "shape": list(values.shape), "data_offsets": [offset, offset + len(blob)]}
        offset += len(blob)
        blobs.append(blob)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))
