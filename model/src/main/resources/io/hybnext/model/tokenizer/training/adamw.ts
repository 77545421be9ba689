  # AdamW on slices of flat arrays, in place. torch._fused_adamw_ is no choice here: libtorch's compiler drops the call when
  # its lists are made of slices, since it does not see that they alias the arguments.
  def adamw(self: __torch__.Kernels, w: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor], count: Tensor, rate: Tensor) -> Tensor:
    torch.add_(count, 1)
    step = float(count)
    bias = torch.sub(1.0, torch.pow(${beta1}, step))
    spread = torch.pow(torch.sub(1.0, torch.pow(${beta2}, step)), 0.5)
    size = torch.div(rate, bias)
    keep = torch.add(torch.neg(torch.mul(rate, ${weight_decay})), 1.0)
    for i in range(torch.len(w)):
      a = torch.lerp_(m[i], g[i], ${take1})
      b = torch.addcmul_(torch.mul_(v[i], ${beta2}), g[i], g[i], value=${take2})
      torch.mul_(w[i], keep)
      d = torch.add(torch.div(torch.sqrt(b), spread), 1e-08)
      torch.sub_(w[i], torch.mul(torch.div(a, d), size))
    return count
  # Scales a gradient down to a norm of at most most; returns the norm before.
  def clip(self: __torch__.Kernels, gradient: Tensor, most: Tensor) -> Tensor:
    norm = torch.norm(gradient)
    torch.mul_(gradient, torch.clamp_max(torch.div(most, torch.add(norm, 1e-06)), 1.0))
    return norm
