// Package converter stands for Alloy's, which reads other programs' configurations and for that compiles all of their
// components. Here every configuration is Alloy's own.
package converter

import "github.com/grafana/alloy/internal/converter/diag"

type Input string

var SupportedFormats []string

func Convert([]byte, Input, []string) ([]byte, diag.Diagnostics) {
	var diags diag.Diagnostics
	diags.Add(diag.SeverityLevelCritical, "this build of Alloy converts no configuration of another program")
	return nil, diags
}
