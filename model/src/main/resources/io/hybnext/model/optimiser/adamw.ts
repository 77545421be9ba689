  # One AdamW step on part of a flat bucket, in place; p, m, v hold one (n) fp32 each, t the step from 1, rate and scale without
  # dimension. They come as lists, because TorchScript drops the call as dead when it writes to elements of a list made here.
  def update(self: __torch__.Kernels, p: List[Tensor], m: List[Tensor], v: List[Tensor], t: List[Tensor], g: Tensor, rate: Tensor, scale: Tensor) -> Tensor:
    none = annotate(List[Tensor], [])
    s = torch.mul(g, scale)
    torch._fused_adamw_(p, [s], m, v, none, t, lr=rate, beta1=${beta1}, beta2=${beta2}, weight_decay=${decay}, eps=${eps}, amsgrad=False, maximize=False)
    return t[0]
