  # TorchScript methods of CoreKernels and CounterRandom. Types by number: 0 uint8, 4 int64, 6 float, 15 bfloat16.
  def to_float32(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.detach(torch.to(x, 6, False, True))
  def to_float64(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.detach(torch.to(x, 7, False, True))
  def to_float16(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.detach(torch.to(x, 5, False, True))
  def to_bfloat16(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.detach(torch.to(x, 15, False, True))
  def to_int64(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.detach(torch.to(x, 4, False, True))
  def to_int32(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.detach(torch.to(x, 3, False, True))
  def to_uint8(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.detach(torch.to(x, 0, False, True))
  def to_bool(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.detach(torch.to(x, 11, False, True))
  def ones_like(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.detach(torch.ones_like(x))
  def copy(self: __torch__.Kernels, target: Tensor, source: Tensor) -> Tensor:
    t = torch.detach(target)
    return torch.copy_(t, torch.view_as(torch.detach(source), t))
  def add(self: __torch__.Kernels, target: Tensor, source: Tensor) -> Tensor:
    return torch.add_(torch.detach(target), torch.detach(source))
  def slice(self: __torch__.Kernels, x: Tensor, start: Tensor, length: Tensor) -> Tensor:
    return torch.narrow(torch.detach(x), 0, int(start), int(length))
  def flat(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.view(torch.detach(x), [-1])
