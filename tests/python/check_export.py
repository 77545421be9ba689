"""Loads an exported checkpoint as PyTorch does, and, where LlamaGen's sources are given, as LlamaGen does.

Arguments: the exported file, the folder of the golden case, and optionally the root of LlamaGen's sources. Prints one
line of JSON; exits with 1 when a tensor or the logits differ.
"""

import functools
import json
import sys

import torch

import tiny_safetensors


def state(path):
    if path.endswith(".safetensors"):
        return tiny_safetensors.load(path)
    whole = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    return whole.get("model", whole)


def llamagen(sources, case, weights):
    sys.path.insert(0, sources)
    torch.manual_seed(0)
    config = json.load(open(f"{case}/config.json"))
    io = tiny_safetensors.load(f"{case}/io.safetensors")
    if "codebook_size" in config:
        return vq(config, io, weights)
    from autoregressive.models.gpt import ModelArgs, Transformer

    args = ModelArgs(**{key: value for key, value in config.items() if not key.startswith("_")})
    args.n_kv_head = args.n_kv_head or None
    model = Transformer(args)
    if args.model_type == "t2i":  # LlamaGen fixes 120 positions in code, the case has fewer
        model.cls_embedding.uncond_embedding = torch.nn.Parameter(
            torch.zeros(config["_caption_token_num"], args.caption_dim))
    model.load_state_dict(weights, strict=True)
    model.train()
    model.cls_embedding.uncond_prob = 0.0
    if args.model_type == "c2i":
        logits, _ = model(io["z_indices"][:, :-1], io["cond_idx"], targets=io["z_indices"])
    else:
        mask = io["attn_mask"].bool()
        logits, _ = model(io["z_indices"][:, :-1], io["caption_emb"], targets=io["z_indices"], mask=mask)
    return (logits - io["train_logits"]).abs().max().item(), io["train_logits"].abs().max().item()


def vq(config, io, weights):
    from tokenizer.tokenizer_image import vq_model
    from tokenizer.tokenizer_image.vq_model import ModelArgs, VQModel

    # LlamaGen fixes width and groups in code; the case is smaller
    width = config.get("_ch", 128)
    vq_model.Encoder = functools.partial(vq_model.Encoder, ch=width)
    vq_model.Decoder = functools.partial(vq_model.Decoder, ch=width)
    vq_model.Normalize = lambda channels, norm_type: torch.nn.GroupNorm(
        config.get("_norm_num_groups", 32), channels, eps=config.get("_norm_eps", 1e-6))
    model = VQModel(ModelArgs(**{key: value for key, value in config.items() if not key.startswith("_")}))
    model.load_state_dict(weights, strict=True)
    model.eval()
    return (model.encode(io["image"])[0] - io["quant"]).abs().max().item(), io["quant"].abs().max().item()


def main(exported, case, *sources):
    weights = state(exported)
    golden = tiny_safetensors.load(f"{case}/model.safetensors")
    differing = [name for name in golden if name not in weights or not torch.equal(golden[name], weights[name])]
    result = {"tensors": len(weights), "differing": differing, "extra": sorted(set(weights) - set(golden))}
    ok = not differing and not result["extra"]
    if sources:
        error = llamagen(sources[0], case, weights)
        result["max_error"], result["largest"] = error
        ok = ok and error[0] <= 1e-5 * max(1.0, error[1])
    print(json.dumps(result))
    sys.exit(0 if ok else 1)


main(*sys.argv[1:])
