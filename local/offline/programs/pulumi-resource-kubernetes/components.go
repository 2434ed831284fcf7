// Stands in the provider for what expands charts, kustomizations and files of YAML. It needs all of Pulumi's Go SDK for
// Kubernetes, a third of the provider; this stack declares each object itself.
package provider

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

var resourceProviders map[string]resource.ResourceProviderFactory

func (k *kubeProvider) Construct(
	_ context.Context, request *pulumirpc.ConstructRequest,
) (*pulumirpc.ConstructResponse, error) {
	return nil, fmt.Errorf("this build of the provider has no %s", request.GetType())
}
