package main

import (
	"context"
	"fmt"
	"net/url"

	"github.com/vmware/govmomi/find"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vapi/rest"
	"github.com/vmware/govmomi/vapi/tags"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
)

// attachTags makes the tags by which CAPV verifies its failure domains. They are REST's alone, so the server has to run.
func (i *Inventory) attachTags(ctx context.Context, server *url.URL, user *url.Userinfo) error {
	at := *server
	at.User = nil
	client, err := vim25.NewClient(ctx, soap.NewClient(&at, true))
	if err != nil {
		return err
	}
	session := rest.NewClient(client)
	if err := session.Login(ctx, user); err != nil {
		return err
	}
	defer func() { _ = session.Logout(ctx) }()
	manager := tags.NewManager(session)

	categories := map[string]string{}
	for _, tag := range i.Tags {
		category, known := categories[tag.Category]
		if !known {
			category, err = manager.CreateCategory(ctx, &tags.Category{Name: tag.Category, Cardinality: "SINGLE", AssociableTypes: []string{"Datacenter", "ClusterComputeResource"}})
			if err != nil {
				return fmt.Errorf("tag category %s: %w", tag.Category, err)
			}
			categories[tag.Category] = category
		}
		id, err := manager.CreateTag(ctx, &tags.Tag{Name: tag.Name, CategoryID: category})
		if err != nil {
			return fmt.Errorf("tag %s: %w", tag.Name, err)
		}
		on, err := i.find(ctx, tag.On)
		if err != nil {
			return err
		}
		if err := manager.AttachTag(ctx, id, on); err != nil {
			return fmt.Errorf("tag %s on %s: %w", tag.Name, tag.On, err)
		}
	}
	return nil
}

// find looks on the simulator's own client, which needs no session: the datacenter, or a compute cluster by its name.
func (i *Inventory) find(ctx context.Context, name string) (mo.Reference, error) {
	finder := find.NewFinder(i.client)
	dc, err := finder.Datacenter(ctx, i.Datacenter)
	if err != nil {
		return nil, err
	}
	if name == i.Datacenter {
		return dc, nil
	}
	var cluster *object.ClusterComputeResource
	cluster, err = finder.SetDatacenter(dc).ClusterComputeResource(ctx, name)
	return cluster, err
}
