"""Loads an exported folder with the class of transformers that its model has, and compares with a golden case.

Arguments: the exported folder, the folder of the golden case. Prints one line of JSON; exits with 1 when keys are
missing or unexpected, or when logits differ by more than 1e-5 of the largest.
"""

import json
import sys

sys.modules["torchvision"] = None  # no pictures are processed here, and one of another build breaks every import
import torch
import transformers

import tiny_safetensors


def chameleon(folder, io):
    config = transformers.ChameleonConfig.from_pretrained(folder)
    config.vq_config = transformers.ChameleonVQVAEConfig(  # the export holds the transformer alone
        base_channels=32, channel_multiplier=[1, 1], num_res_blocks=1, latent_channels=32, embed_dim=32, num_embeddings=64)
    model, info = load(transformers.ChameleonForConditionalGeneration, folder, config=config)
    inner = getattr(model.model, "language_model", model.model)
    hidden = inner(input_ids=io["input_ids"][:1]).last_hidden_state
    expected = {name for name in info["missing_keys"] if not name.startswith("model.vqmodel.")}
    extra = {name for name in info["unexpected_keys"] if not name.startswith("adaptor.")}
    return model.lm_head(hidden), io["logits"], expected | extra  # forward() itself hides the image ids


def qwen3(folder, io):
    model, info = load(transformers.Qwen3ForCausalLM, folder)
    return model(io["in.input_ids"]).logits, io["logits"], set(info["missing_keys"]) | set(info["unexpected_keys"])


def clip(folder, io):
    model, info = load(transformers.CLIPVisionModelWithProjection, folder)
    embeds = model(pixel_values=io["pixel_values"]).image_embeds
    return embeds, io["image_embeds"], set(info["missing_keys"]) | set(info["unexpected_keys"])


def load(kind, folder, **more):
    return kind.from_pretrained(folder, output_loading_info=True, dtype=torch.float32, attn_implementation="eager", **more)


def main(folder, case):
    torch.manual_seed(0)
    io = tiny_safetensors.load(f"{case}/io.safetensors")
    kinds = {"chameleon": chameleon, "qwen3": qwen3, "clip_vision_model": clip}
    with torch.no_grad():
        got, wanted, wrong = kinds[json.load(open(f"{folder}/config.json"))["model_type"]](folder, io)
    error, largest = (got - wanted).abs().max().item(), wanted.abs().max().item()
    print(json.dumps({"max_error": error, "largest": largest, "wrong_keys": sorted(wrong)}))
    sys.exit(0 if not wrong and error <= 1e-5 * max(1.0, largest) else 1)


main(*sys.argv[1:])
