// The random provider of Pulumi: its bridge over the Terraform provider. The Terraform provider is an internal
// package, so this module's path begins with that one's.
package main

import (
	"context"
	"io"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfgen"
	info "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag/colors"
	"github.com/terraform-providers/terraform-provider-random/internal/provider"
)

func main() {
	ctx := context.Background()
	random := info.ProviderInfo{
		P:       tfbridge.ShimProvider(provider.New()),
		Name:    "random",
		Version: "4.21.2",
		// The stack makes passwords; these three have no id that the bridge could use as it is.
		IgnoreMappings: []string{"random_bytes", "random_uuid4", "random_uuid7"},
		MetadataInfo:   info.NewProviderMetadata([]byte("{}")),
	}
	random.Resources = map[string]*info.ResourceInfo{}
	for terraform, name := range map[string]string{
		"random_id":       "RandomId",
		"random_integer":  "RandomInteger",
		"random_password": "RandomPassword",
		"random_pet":      "RandomPet",
		"random_shuffle":  "RandomShuffle",
		"random_string":   "RandomString",
		"random_uuid":     "RandomUuid",
	} {
		random.Resources[terraform] = &info.ResourceInfo{Tok: info.MakeResource("random", "index", name)}
	}
	schema, err := tfgen.GenerateSchema(ctx, tfgen.GenerateSchemaOptions{
		ProviderInfo:    random,
		DiagnosticsSink: diag.DefaultSink(io.Discard, io.Discard, diag.FormatOptions{Color: colors.Never}),
		XInMemoryDocs:   true,
	})
	if err != nil {
		panic(err)
	}
	tfbridge.Main(ctx, "random", random, schema.ProviderMetadata)
}
