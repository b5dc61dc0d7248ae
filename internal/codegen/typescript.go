package codegen

func (c *context) typeScript() ([]byte, error) { return nil, nil }
