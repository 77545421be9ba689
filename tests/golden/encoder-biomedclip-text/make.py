"""Makes this case: python make.py (needs PyTorch only). See README.md."""
import json
import struct

import torch
from torch import nn

VOCAB, POSITIONS, WIDTH, DEPTH, HEADS, MLP, DIM, EPS = 60, 24, 48, 3, 4, 160, 32, 1e-12
MIDDLE = (WIDTH + DIM) // 2


class Text(nn.Module):
    def __init__(self):
        super().__init__()
        self.word = nn.Embedding(VOCAB, WIDTH)
        self.position = nn.Embedding(POSITIONS, WIDTH)
        self.kind = nn.Embedding(2, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=EPS)
        layer = nn.TransformerEncoderLayer(
            WIDTH, HEADS, MLP, 0.0, "gelu", layer_norm_eps=EPS, batch_first=True, norm_first=False)
        self.encoder = nn.TransformerEncoder(layer, DEPTH, enable_nested_tensor=False)
        self.proj = nn.Sequential(
            nn.Linear(WIDTH, MIDDLE, bias=False), nn.GELU(), nn.Linear(MIDDLE, DIM, bias=False))
        self.pooler = nn.Linear(WIDTH, WIDTH)

    def forward(self, ids):
        places = torch.arange(ids.shape[1]).expand_as(ids)
        x = self.norm(self.word(ids) + self.kind(torch.zeros_like(ids)) + self.position(places))
        x = self.encoder(x, src_key_padding_mask=ids == 0)
        first = x[:, 0]
        return x, self.proj(first), self.proj(torch.tanh(self.pooler(first)))


def write(path, tensors):
    types = {torch.float32: "F32", torch.int64: "I64"}
    header, blobs, at = {}, [], 0
    for name, tensor in tensors.items():
        blob = tensor.detach().contiguous().numpy().tobytes()
        header[name] = {"dtype": types[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [at, at + len(blob)]}
        blobs.append(blob)
        at += len(blob)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def layouts(model):
    """The same weights under open_clip's keys and under those of the port to transformers."""
    oc, hf = {}, {}
    emb = [("word", model.word, "word_embeddings", "token_embedding"),
           ("position", model.position, "position_embeddings", "position_embedding"),
           ("kind", model.kind, "token_type_embeddings", "token_type_embedding")]
    for _, table, a, b in emb:
        oc[f"text.transformer.embeddings.{a}.weight"] = table.weight
        hf[f"text_model.embeddings.{b}.weight"] = table.weight

    def both(a, b, module):
        for kind in ("weight", "bias"):
            oc[f"text.transformer.{a}.{kind}"] = getattr(module, kind)
            hf[f"text_model.{b}.{kind}"] = getattr(module, kind)

    both("embeddings.LayerNorm", "embeddings.layer_norm", model.norm)
    for i, layer in enumerate(model.encoder.layers):
        a, b = f"encoder.layer.{i}.", f"encoder.layers.{i}."
        for kind, joined in (("weight", layer.self_attn.in_proj_weight), ("bias", layer.self_attn.in_proj_bias)):
            for part, x, y in zip(joined.chunk(3), ("query", "key", "value"), ("q_proj", "k_proj", "v_proj")):
                oc[f"text.transformer.{a}attention.self.{x}.{kind}"] = part
                hf[f"text_model.{b}self_attn.{y}.{kind}"] = part
        both(a + "attention.output.dense", b + "self_attn.out_proj", layer.self_attn.out_proj)
        both(a + "attention.output.LayerNorm", b + "layer_norm1", layer.norm1)
        both(a + "intermediate.dense", b + "mlp.fc1", layer.linear1)
        both(a + "output.dense", b + "mlp.fc2", layer.linear2)
        both(a + "output.LayerNorm", b + "layer_norm2", layer.norm2)
    for kind in ("weight", "bias"):
        oc[f"text.transformer.pooler.dense.{kind}"] = getattr(model.pooler, kind)
    oc["text.transformer.embeddings.position_ids"] = torch.arange(POSITIONS)[None]
    for i, name in ((0, "fc1"), (2, "fc2")):
        oc[f"text.proj.{i}.weight"] = model.proj[i].weight
        hf[f"text_projection.{name}.weight"] = model.proj[i].weight
    oc["logit_scale"] = torch.tensor(4.4454)
    hf["logit_scale"] = torch.tensor(4.4454)
    return oc, hf


def main():
    torch.manual_seed(20)
    model = Text().eval()
    with torch.no_grad():
        for name, p in model.named_parameters():
            if "norm" in name and name.endswith("weight"):
                p.uniform_(0.5, 1.5)
            elif p.dim() == 1:
                p.normal_(0, 0.1)
            else:
                p.normal_(0, 1 if "embedding" in name or name.split(".")[0] in ("word", "position", "kind") else 0.15)
    ids = torch.randint(5, VOCAB, (3, 12))
    ids[:, 0] = 2
    for row, length in enumerate((12, 7, 3)):
        ids[row, length - 1] = 3
        ids[row, length:] = 0
    with torch.no_grad():
        hidden, embeds, pooled = model(ids)
        exact = model.double()(ids)
    distance = {k: {"max_abs_diff_fp32_vs_fp64": float((a - b).abs().max())}
                for k, a, b in zip(("last_hidden_state", "text_embeds", "text_embeds_cls_pooler"),
                                   (hidden, embeds, pooled), exact)}
    model.float()
    oc, hf = layouts(model)
    write("model.safetensors", oc)
    write("model_hf.safetensors", hf)
    write("io.safetensors", {"input_ids": ids, "last_hidden_state": hidden, "text_embeds": embeds,
                             "text_embeds_cls_pooler": pooled})
    sizes = {"vocab_size": VOCAB, "max_position_embeddings": POSITIONS, "type_vocab_size": 2, "hidden_size": WIDTH,
             "num_hidden_layers": DEPTH, "num_attention_heads": HEADS, "intermediate_size": MLP,
             "layer_norm_eps": EPS, "hidden_act": "gelu", "pad_token_id": 0}
    config = {"text_tower": True,
              "open_clip": {"model_cfg": {"embed_dim": DIM, "text_cfg": {
                  "hf_proj_type": "mlp", "hf_pooler_type": "cls_last_hidden_state_pooler", "context_length": 16}},
                            "_text": sizes},
              "transformers_port": {"projection_dim": DIM, "text_config": sizes,
                                    "text_projection_config": {"hidden_size": WIDTH, "intermediate_size": MIDDLE,
                                                               "projection_dim": DIM, "hidden_act": "gelu"}}}
    for name, value in (("config.json", config), ("noise.json", {"io": distance})):
        with open(name, "w") as file:
            json.dump(value, file, indent=2)
            file.write("\n")
    print(distance, float(embeds.abs().max()))


main()
